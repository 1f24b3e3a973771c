-- Words that go out: to whom, what waits, what was tried. Event and intent are written in one transaction.

-- A place that is told things. It belongs to the account that made it; a browser's push subscription also to its session.
create table destination (
    id text not null primary key,
    space text not null references space (id) on delete cascade,
    account text not null references account (id) on delete cascade,
    session text,
    channel text not null,
    -- What tells it from the others of its channel: the chat, the endpoint, the mail address, the URL.
    address text not null,
    place text not null,
    name text not null,
    created_at bigint not null,
    -- The hash of the code by which its reader agrees; null = agreed, or nothing to agree to.
    confirm_hash text,
    paused_at bigint,
    pause_reason text,
    failing_since bigint,
    last_sent_at bigint,
    constraint destination_space_channel_address_key unique (space, channel, address)
);
create index destination_session on destination (session);
create index destination_confirm on destination (confirm_hash);

-- What a space wants to be told and when; without a row the defaults hold.
create table preference (
    space text not null primary key references space (id) on delete cascade,
    value text not null,
    changed_at bigint not null,
    -- Until when the last summary told.
    summarised_at bigint
);

-- One row per event and destination, written in the transaction of the event.
create table outbox (
    id text not null primary key,
    event bigint not null references event (id) on delete cascade,
    destination text not null references destination (id) on delete cascade,
    state text not null,
    due_at bigint not null,
    -- The message that told it.
    message text,
    recorded_at bigint not null,
    constraint outbox_event_destination_key unique (event, destination)
);
create index outbox_waiting on outbox (destination, due_at) where state = 'waiting';
create index outbox_told on outbox (destination, recorded_at);
create index outbox_message on outbox (message);

-- What is said to a destination, once: folded from rows of the outbox, or asked for by a person (`request`).
create table message (
    id text not null primary key,
    destination text not null references destination (id) on delete cascade,
    words text not null,
    request boolean not null,
    state text not null,
    -- The order in which a destination hears them.
    made_at bigint not null,
    place bigint not null,
    due_at bigint not null,
    attempts bigint not null,
    first_tried_at bigint,
    claimed_by text,
    claimed_until bigint,
    sent_at bigint,
    provider_id text
);
create index message_waiting on message (destination, made_at, place) where state = 'waiting';
create index message_made on message (made_at);

-- Every attempt, written as `sending` before the request and completed after the answer.
create table delivery_attempt (
    message text not null references message (id) on delete cascade,
    number bigint not null,
    at bigint not null,
    outcome text not null,
    status bigint,
    detail text not null,
    took_ms bigint,
    primary key (message, number)
);
create index delivery_attempt_at on delivery_attempt (at);

-- "I have seen it."
create table acknowledgement (
    space text not null references space (id) on delete cascade,
    event bigint not null references event (id) on delete cascade,
    at bigint not null,
    primary key (space, event)
);

-- One-use codes that link a chat to a space.
create table telegram_link (
    code_hash text not null primary key,
    space text not null references space (id) on delete cascade,
    account text not null references account (id) on delete cascade,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index telegram_link_account on telegram_link (account, created_at);
