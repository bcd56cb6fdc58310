import jsonata from 'jsonata';

/** The part of the Amazon States Language that the lifecycle uses. */
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, MachineState>>;
}

interface Rule {
  readonly Condition: string;
  readonly Assign?: Bindings;
  readonly Next: string;
}

interface MachineState {
  readonly Type: string;
  readonly Resource?: string;
  readonly Arguments?: { readonly FunctionName: string; readonly Payload: Bindings };
  readonly Assign?: Bindings;
  readonly Choices?: readonly Rule[];
  readonly Default?: string;
  readonly Catch?: readonly { readonly Assign?: Bindings; readonly Next: string }[];
  readonly Next?: string;
  readonly Seconds?: number;
}

type Bindings = Readonly<Record<string, unknown>>;

/** What the interpreter does for the machine: invokes functions, gives out tokens, waits. */
export interface MachineWorld {
  invoke(functionName: string, payload: Bindings): Promise<unknown>;
  /** A new token and the promise of its answer. */
  token(): { readonly token: string; readonly answer: Promise<unknown> };
  wait(seconds: number): Promise<void>;
  /** Told of every arrow taken: `state → next`, with the rule's number or `catch`. */
  took(arrow: string): void;
}

const tries = 4;

/**
 * Runs one execution. JSONata is evaluated by its reference implementation; retries follow at once, and a Catch takes
 * what is left. Answers how the execution ended.
 */
export async function execute(machine: Machine, input: Bindings, world: MachineWorld): Promise<'succeeded' | 'failed'> {
  let variables: Bindings = {};
  let name = machine.StartAt;
  for (;;) {
    const state = machine.States[name];
    if (state === undefined) throw new Error(`no state ${name}`);
    if (state.Type === 'Succeed') return 'succeeded';
    if (state.Type === 'Fail') return 'failed';
    const step = await advance(state, input, variables, world);
    if (step === undefined) return 'failed';
    world.took(`${name} → ${step.next} (${step.by})`);
    variables = { ...variables, ...step.assign };
    name = step.next;
  }
}

interface Step {
  readonly next: string;
  readonly by: string;
  readonly assign: Bindings;
}

async function advance(state: MachineState, input: Bindings, variables: Bindings, world: MachineWorld): Promise<Step | undefined> {
  const context = { Execution: { Input: input } };
  switch (state.Type) {
    case 'Choice':
      return choose(state, variables, context);
    case 'Wait':
      await world.wait(state.Seconds ?? 0);
      return { next: state.Next ?? '', by: 'next', assign: {} };
    case 'Task':
      return runTask(state, input, variables, world);
    default:
      throw new Error(`the interpreter does not know ${state.Type}`);
  }
}

async function choose(state: MachineState, variables: Bindings, context: Bindings): Promise<Step> {
  for (const [i, rule] of (state.Choices ?? []).entries()) {
    const states = { context };
    if (await evaluate(rule.Condition, variables, states)) {
      return { next: rule.Next, by: `rule ${i}`, assign: await evaluateAll(rule.Assign ?? {}, variables, states) };
    }
  }
  return { next: state.Default ?? '', by: 'default', assign: await evaluateAll(state.Assign ?? {}, variables, { context }) };
}

async function runTask(state: MachineState, input: Bindings, variables: Bindings, world: MachineWorld): Promise<Step | undefined> {
  for (let n = 1; ; n += 1) {
    const { token, answer } = world.token();
    const context = { Execution: { Input: input }, Task: { Token: token } };
    try {
      const payload = await evaluateAll(state.Arguments?.Payload ?? {}, variables, { context });
      const returned = await world.invoke(state.Arguments?.FunctionName ?? '', payload);
      const result = state.Resource?.endsWith('.waitForTaskToken') === true ? await answer : { Payload: returned };
      return { next: state.Next ?? '', by: 'next', assign: await evaluateAll(state.Assign ?? {}, variables, { context, result }) };
    } catch (error) {
      if (n < tries) continue;
      const caught = state.Catch?.[0];
      if (caught === undefined) return undefined;
      const errorOutput = { Error: error instanceof Error ? error.name : 'Error', Cause: String(error) };
      return { next: caught.Next, by: 'catch', assign: await evaluateAll(caught.Assign ?? {}, variables, { context, errorOutput }) };
    }
  }
}

async function evaluateAll(values: Bindings, variables: Bindings, states: Bindings): Promise<Bindings> {
  const entries = await Promise.all(Object.entries(values).map(async ([key, value]) => [key, await evaluate(value, variables, states)] as const));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

async function evaluate(value: unknown, variables: Bindings, states: Bindings): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluate(item, variables, states)));
  if (typeof value === 'object' && value !== null) return evaluateAll(value as Bindings, variables, states);
  const match = typeof value === 'string' ? /^\{%(.*)%\}$/s.exec(value) : null;
  if (match?.[1] === undefined) return value;
  const result: unknown = await jsonata(match[1].trim()).evaluate({}, { ...variables, states });
  return result === undefined ? undefined : JSON.parse(JSON.stringify(result));
}
