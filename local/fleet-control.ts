/** The fleet simulator's control API, which stands beside EC2 and SSM on the same port. */
export interface FleetControl {
  /** Instances, commands, launches, faults and market as they are. */
  state(): Promise<unknown>;
  /** Capacity per offering, quotas, boot times and throttles, as they are. */
  market(): Promise<unknown>;
  /** Merges the change into the market. */
  changeMarket(change: unknown): Promise<unknown>;
  /** Interrupts Spot instances with the notice that EC2 gives. */
  interrupt(which: { instanceId?: string; jobId?: string; count?: number }): Promise<unknown>;
  addFault(fault: unknown): Promise<unknown>;
  clearFaults(): Promise<unknown>;
}

/** A client of the control API; it throws with the simulator's answer when that refuses. */
export function fleetControl(fleetUrl: string): FleetControl {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${fleetUrl}/_fleet/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /_fleet/${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    state: () => call('GET', 'state'),
    market: async () => {
      const state = await call('GET', 'state');
      return typeof state === 'object' && state !== null && 'market' in state ? state.market : undefined;
    },
    changeMarket: (change) => call('PUT', 'market', change),
    interrupt: (which) => call('POST', 'interrupt', which),
    addFault: (fault) => call('POST', 'faults', fault),
    clearFaults: () => call('DELETE', 'faults'),
  };
}
