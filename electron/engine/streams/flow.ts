/** Server side of the credit windows of shared/contract/common.ts `flowSchema`. */
export interface FlowGate {
  /** Resolves when another batch may be sent; rejects with the signal's reason. Counts the batch as sent. */
  take(signal: AbortSignal): Promise<void>;
  /** True when the reader has used up its window: the time to drop rather than to queue. */
  readonly full: boolean;
  close(): void;
}

export interface Flows {
  open(flow: { readonly streamId: string; readonly window: number }): FlowGate;
  ack(streamId: string, count: number): void;
}
