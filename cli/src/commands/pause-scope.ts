import type { PauseScope } from '@advanced-orchestrator/sdk';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

type Market = Extract<PauseScope, { readonly kind: 'market' }>['market'];

/** What names a scope, beside the namespace that every command may have. */
export interface ScopeOptions {
  readonly queue?: true;
  readonly market?: Market;
  readonly offering?: PauseScope;
}

const markets: readonly Market[] = ['spot', 'on-demand', 'reserved'];

/** Adds the options that name what is held back. */
export function addScopeOptions(command: Command): Command {
  return command
    .option('--queue', 'the whole queue')
    .option('--market <market>', `everything on a market: ${markets.join(', ')}`, market)
    .option('--offering <type/zone/market>', 'an instance type in a zone on a market', offering)
    .addHelpText('after', '\nA namespace is named by -n NAMESPACE; ORCH_NAMESPACE does not count here.');
}

/** @throws UsageError unless exactly one scope is named. */
export function scopeOf({ givenNamespace }: Session, { queue, market: on, offering: one }: ScopeOptions): PauseScope {
  const scopes: readonly PauseScope[] = [
    ...(queue === true ? [{ kind: 'queue' } as const] : []),
    ...(givenNamespace === undefined ? [] : [{ kind: 'namespace', namespace: givenNamespace } as const]),
    ...(on === undefined ? [] : [{ kind: 'market', market: on } as const]),
    ...(one === undefined ? [] : [one]),
  ];
  const [scope] = scopes;
  if (scope === undefined || scopes.length > 1) throw new UsageError('name one of --queue, -n NAMESPACE, --market MARKET and --offering TYPE/ZONE/MARKET');
  return scope;
}

function market(text: string): Market {
  const found = markets.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`It must be one of ${markets.join(', ')}.`);
  return found;
}

function offering(text: string): PauseScope {
  const [instanceType, zone, name, ...rest] = text.split('/');
  if (!instanceType || !zone || !name || rest.length > 0) throw new InvalidArgumentError('It must be TYPE/ZONE/MARKET, such as p5.48xlarge/us-east-1a/spot.');
  return { kind: 'offering', instanceType, zone, market: market(name) };
}
