import type { Directive } from '../batch/sbatch-directives.ts';

/** GPUs that an option asks for. */
export type GpusAsked =
  | { readonly kind: 'none' }
  | { readonly kind: 'perNode' | 'perTask' | 'total'; readonly gpus: number }
  | { readonly kind: 'wrong'; readonly message: string };

const NONE: GpusAsked = { kind: 'none' };
const NO_TYPES = 'GPUs have no types here: leave the type out, or name an instance type by --constraint';

/** Reads an option that asks for GPUs; `none` for any other, and for what cannot be read. */
export function gpusAsked({ option, value = '' }: Directive): GpusAsked {
  switch (option) {
    case 'gpus-per-node':
      return count(value, 'perNode');
    case 'gpus-per-task':
      return count(value, 'perTask');
    case 'gpus':
      return count(value, 'total');
    case 'gres':
      return generic(value);
    default:
      return NONE;
  }
}

/** `8`, or `a100:8`. */
function count(value: string, kind: 'perNode' | 'perTask' | 'total'): GpusAsked {
  const [number = '', ...types] = value.split(':').toReversed();
  if (types.length > 0 || /^[a-z]/i.test(number)) return { kind: 'wrong', message: NO_TYPES };
  return /^\d+$/.test(number) ? { kind, gpus: Number(number) } : NONE;
}

const GENERIC = /^(?<name>[^:/]+)(?::(?<rest>.*))?$/;

/** `gpu`, `gpu:8` and `gpu:a100:8`, on each node; nodes have nothing else that is generic. */
function generic(value: string): GpusAsked {
  // That the word gres stands before it is told as such.
  if (value === 'none' || value === '' || /^gres[:/]/.test(value)) return NONE;
  const [first = '', ...others] = value.split(',');
  const { name, rest = '1' } = GENERIC.exec(first)?.groups ?? {};
  const other = [name, ...others].find((each) => each !== undefined && !/^gpu(?::|$)/.test(each));
  if (other !== undefined) return { kind: 'wrong', message: `nodes have no ${other.split(':')[0] ?? other}: GPUs are all that --gres may name` };
  return others.length > 0 ? NONE : count(rest, 'perNode');
}
