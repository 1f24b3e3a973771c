-- One text for SQLite and PostgreSQL: text, bigint and boolean, times in UTC milliseconds, no sequences.

-- Facts about this installation, such as the name of its cookies.
create table meta (
    key text not null primary key,
    value text not null
);

-- Numbers that follow the order of commits. A sequence would not: whoever polls it would skip a late commit.
create table counter (
    name text not null primary key,
    value bigint not null
);
insert into counter (name, value) values ('change', 0), ('revocation', 0);

create table lease (
    name text not null primary key,
    holder text not null,
    fence bigint not null,
    renewed_at bigint not null,
    expires_at bigint not null
);

create table account (
    id text not null primary key,
    email text not null,
    password_hash text not null,
    role text not null,
    time_zone text not null,
    created_at bigint not null,
    disabled_at bigint,
    constraint account_email_key unique (email)
);

create table space (
    id text not null primary key,
    created_at bigint not null
);

create table space_member (
    space text not null references space (id) on delete cascade,
    account text not null references account (id) on delete cascade,
    role text not null,
    primary key (space, account)
);
create index space_member_account on space_member (account);

-- No reference to the account: a session outlives it as a tombstone that says why it ended. `kid` is the key that signed
-- its newest bearer token; `browser` is the browser that it was made in, by the id of its cookie *known*.
create table session (
    sid text not null primary key,
    account text not null,
    cookie_hash text,
    kid text,
    browser text,
    created_at bigint not null,
    last_seen_at bigint not null,
    idle_end bigint not null,
    absolute_end bigint not null,
    ended_at bigint,
    end_reason text,
    label text not null,
    address_short text not null,
    constraint session_cookie_hash_key unique (cookie_hash)
);
create index session_account on session (account, created_at);

create index session_ended on session (ended_at);

create table revocation_log (
    rev bigint not null primary key,
    sid text not null,
    reason text not null,
    at bigint not null
);

-- The ring of keys that sign bearer tokens; no cookie depends on it.
create table signing_key (
    kid text not null primary key,
    secret text not null,
    state text not null,
    created_at bigint not null,
    changed_at bigint not null
);
create unique index signing_key_state_key on signing_key (state) where state = 'active';

create table api_token (
    id text not null primary key,
    account text not null references account (id) on delete cascade,
    secret_hash text not null,
    name text not null,
    scopes text not null,
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint,
    revoked_at bigint
);
create index api_token_account on api_token (account, created_at);

-- First answers to requests that carry an Idempotency-Key. Without a status the first request is still at work.
create table first_answer (
    account text not null references account (id) on delete cascade,
    key text not null,
    request_hash text not null,
    at bigint not null,
    status bigint,
    content_type text,
    body text,
    primary key (account, key)
);

create table invitation (
    code_hash text not null primary key,
    email text not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);

-- Failed sign-ins by an opaque key; nothing here names a person.
create table attempt (
    key text not null primary key,
    failures bigint not null,
    first_at bigint not null,
    until bigint
);

-- A node's public facts, once, whoever watches it. `chain` and `endpoint` hold an axis as JSON; what every look
-- confirms stands in columns of its own.
create table node (
    address text not null primary key,
    first_seen_at bigint not null,
    changed bigint not null,
    chain text not null,
    chain_at bigint,
    chain_slot bigint,
    endpoint text not null,
    endpoint_at bigint,
    last_ok_at bigint,
    -- The last status that was no unknown; null before the first.
    verdict text,
    verdict_at bigint
);

-- A person's view of a node. A deleted one stays a row, so that it can come back as it was.
create table watch (
    space text not null references space (id) on delete cascade,
    address text not null references node (address),
    name text not null,
    notes text not null,
    tags text not null,
    muted_until bigint,
    added_at bigint not null,
    deleted_at bigint,
    changed bigint not null,
    primary key (space, address)
);
create index watch_address on watch (address) where deleted_at is null;

-- Half-open [from_at, to_at), without gaps per node and axis; the open one has no end.
create table node_interval (
    node text not null references node (address) on delete cascade,
    axis text not null,
    from_at bigint not null,
    to_at bigint,
    state text not null,
    subject text,
    why text,
    slot bigint,
    detail text,
    primary key (node, axis, from_at),
    constraint node_interval_forward check (to_at > from_at)
);
create unique index node_interval_node_axis_key on node_interval (node, axis) where to_at is null;

create table balance (
    node text not null references node (address) on delete cascade,
    kind text not null,
    amount bigint,
    at bigint,
    since bigint,
    why text,
    primary key (node, kind)
);

create table fact (
    node text not null references node (address) on delete cascade,
    name text not null,
    at bigint not null,
    value text not null,
    primary key (node, name, at)
);

-- The ledger: a run of a job on a node. Times on chain are whole seconds, and so are these; `closed_at` is ours, in
-- milliseconds.
create table job (
    run text not null primary key,
    address text not null,
    node text not null,
    market text,
    price bigint,
    time_start bigint not null,
    time_end bigint,
    timeout bigint,
    state text not null,
    paid bigint,
    source text not null,
    final boolean not null,
    closed_at bigint
);
create index job_node on job (node, time_start, run);
create index job_newest on job (time_start, run);
create index job_open on job (run) where state = 'running';
create index job_ended on job (time_end);
create index job_address on job (address);
create index job_unsettled on job (run) where not final;

-- Who waits in a market is too fleeting to keep. Prices and minimums are unsigned and wider than bigint on chain:
-- decimal text keeps them whole.
create table market (
    address text not null primary key,
    authority text not null,
    job_expiration bigint not null,
    price text not null,
    timeout bigint not null,
    job_type bigint not null,
    access_key text not null,
    xnos_minimum text not null,
    slot bigint not null,
    at bigint not null,
    noted_at bigint,
    noted text
);

-- A market's past for the plot: a row when it changed, at most one a minute. `noted` above repeats the newest.
create table market_history (
    market text not null,
    at bigint not null,
    queue_kind text not null,
    queue_length bigint not null,
    runs bigint not null,
    price text not null,
    primary key (market, at)
);
create index market_history_at on market_history (at);

-- A watched node's place in a queue as it moved. Which queue, and that it left it, stand in its intervals too.
create table queue_place (
    node text not null references node (address) on delete cascade,
    at bigint not null,
    market text not null,
    position bigint not null,
    length bigint not null,
    primary key (node, at)
);
create index queue_place_at on queue_place (at);

-- `id` is the change number of the transaction that wrote it.
create table event (
    id bigint not null primary key,
    key text not null,
    kind text not null,
    node text,
    subject text,
    at bigint not null,
    seconds bigint,
    micro_nos bigint,
    recorded_at bigint not null,
    constraint event_key_key unique (key)
);
create index event_node on event (node, id);

-- When we could not see, by source.
create table blindness (
    source text not null,
    since bigint not null,
    to_at bigint,
    why text not null,
    primary key (source, since)
);
create unique index blindness_source_key on blindness (source) where to_at is null;
