/** The API's shapes, laid out as openapi-typescript prints them. */

export interface components {
  schemas: {
    Status: 'running' | 'queued' | 'up' | 'offline' | 'unknown';
    Why: string;
    LastStatus: { status: components['schemas']['Status']; at: string };
    LastState: { state: string; at: string };
    Node: {
      address: string;
      name: string;
      notes: string;
      tags: string[];
      status: components['schemas']['Status'];
      since: string | null;
      why: components['schemas']['Why'] | null;
      last: components['schemas']['LastStatus'] | null;
      silent: boolean;
      stuck: boolean;
      overdue: boolean;
      chain: components['schemas']['Chain'];
      endpoint: components['schemas']['Endpoint'];
      sol_lamports: components['schemas']['Measured'];
      nos_micro: components['schemas']['Measured'];
      stake_micro_xnos: components['schemas']['Measured'];
      added_at: string;
    };
    Chain: {
      state: 'running' | 'queued' | 'none' | 'unknown';
      since: string | null;
      at: string | null;
      slot: number | null;
      why: components['schemas']['Why'] | null;
      last: components['schemas']['LastState'] | null;
      market: string | null;
      position: number | null;
      queue_length: number | null;
      job: string | null;
      run: string | null;
      price_micro_nos_per_second: string | null;
      deadline: string | null;
      more: number;
    };
    Endpoint: {
      state: 'up' | 'silent' | 'unknown';
      since: string | null;
      at: string | null;
      why: components['schemas']['Why'] | null;
      last: components['schemas']['LastState'] | null;
      activity: components['schemas']['Activity'] | null;
      version: string | null;
      gpus: components['schemas']['Gpu'][];
      last_ok: string | null;
      answer: components['schemas']['Answer'] | null;
      driver: string | null;
      country: string | null;
      cpu: string | null;
      ram_mb: number | null;
      disk_gb: number | null;
      download_mbps: number | null;
      upload_mbps: number | null;
    };
    Activity: 'starting' | 'restarting' | 'benchmarking' | 'healthcheck' | 'joining_market' | 'running_job' | 'queued' | 'other';
    Gpu: { name: string; memory_mb: number | null; uuid: string | null };
    Answer: {
      kind: 'ok' | 'tunnel_page' | 'http_status' | 'timeout' | 'refused' | 'reset' | 'tls' | 'dns' | 'not_json' | 'other_node' | 'redirect' | 'too_large';
      status: number | null;
      ms: number | null;
      at: string;
    };
    Measured: {
      value: string | null;
      at?: string;
      since?: string;
      why?: components['schemas']['Why'];
      last?: { value: string; at: string } | null;
    };
    Span: {
      state: 'running' | 'queued' | 'none' | 'up' | 'silent' | 'unknown';
      from: string;
      to: string | null;
      why: components['schemas']['Why'] | null;
      market: string | null;
      job: string | null;
      activity: components['schemas']['Activity'] | null;
    };
    NodeHistory: {
      from: string;
      to: string;
      chain: components['schemas']['Span'][];
      endpoint: components['schemas']['Span'][];
    };
    History: {
      from: string;
      to: string;
      nodes: { address: string; chain: components['schemas']['Span'][]; endpoint: components['schemas']['Span'][] }[];
    };
    Job: {
      address: string;
      run: string | null;
      node: string;
      market: string;
      price_micro_nos_per_second: string | null;
      time_start: string | null;
      time_end: string | null;
      timeout: number | null;
      outcome: 'running' | 'finished' | 'failed' | 'abandoned' | 'ended_by_deployer';
      payout_micro_nos: string | null;
      usd: string | null;
      final: boolean;
      indexer_micro_nos: string | null;
      account_micro_nos: string | null;
    };
    LogEntry: {
      id: string;
      at: string;
      node: string | null;
      kind:
        | 'job_started'
        | 'job_finished'
        | 'job_failed'
        | 'job_abandoned'
        | 'job_ended_by_deployer'
        | 'job_overdue'
        | 'queued'
        | 'kicked'
        | 'silent'
        | 'offline'
        | 'back'
        | 'stuck'
        | 'unstuck'
        | 'blind'
        | 'sighted';
      subject: string | null;
      seconds: number | null;
      micro_nos: string | null;
      source: 'chain' | 'endpoints' | null;
    };
    Market: {
      address: string;
      price_micro_nos_per_second: string;
      queue_type: 'job' | 'node' | 'empty';
      queue_length: number;
      runs: number;
      at: string;
      slot: number;
    };
    Blind: {
      since: string;
      why: components['schemas']['Why'];
      sources: { source: 'chain' | 'endpoints'; since: string; why: components['schemas']['Why'] }[];
    };
    Network: {
      slot: number | null;
      at: string | null;
      next_scan_at: string | null;
      markets: components['schemas']['Market'][];
      runs: number;
      endpoints: { answered: number; asked: number; at: string | null };
      blind: components['schemas']['Blind'] | null;
    };
    AddError: { address: string; code: string; detail: string };
    Found: {
      address: string;
      watched: boolean;
      chain: components['schemas']['Chain'];
      error: { code: string; detail: string } | null;
    };
  };
}
