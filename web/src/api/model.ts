/** The names that the app uses for the API's shapes. */

import type { components } from './schema.js';

type Schemas = components['schemas'];

export type Node = Schemas['Node'];
export type NodeDetail = Node & { history: Schemas['NodeHistory']; jobs: Job[]; log: LogEntry[] };
export type Status = Schemas['Status'];
export type Chain = Schemas['Chain'];
export type Endpoint = Schemas['Endpoint'];
export type Activity = Schemas['Activity'];
export type Answer = Schemas['Answer'];
export type Measured = Schemas['Measured'];
export type Span = Schemas['Span'];
export type History = Schemas['History'];
export type Job = Schemas['Job'];
export type LogEntry = Schemas['LogEntry'];
export type Market = Schemas['Market'];
export type Network = Schemas['Network'];
export type Blind = Schemas['Blind'];
export type Found = Schemas['Found'];
export type AddError = Schemas['AddError'];
