import { z } from 'zod';

/** The most values of a label that metrics tell apart. */
const mostLabelValues = 50;

/** As CloudWatch takes a value of a dimension: printable ASCII that is not blank. */
const dimensionValue = z.string().max(63).regex(/^[ -~]*[!-~][ -~]*$/, 'must be printable ASCII and not blank: CloudWatch takes no other value of a dimension');

const costLabel = z.strictObject({
  key: z.string().min(1).max(63).describe('A label of manifests, `cost-center` for instance.'),
  values: z.array(dimensionValue).min(1).max(mostLabelValues).describe('Values of it that have a metric of their own; all others count as `other`.'),
});

const minutes = (byDefault: number, name: string) => z.int().min(1).max(43_200).default(byDefault)
  .describe(`Minutes within which 95 of 100 jobs of priority class \`${name}\` are to have all of their machines.`);

const objectives = z.strictObject({
  submissionSeconds: z.number().min(0.1).max(28).default(3).describe('Seconds that 99 of 100 submissions may take.'),
  capacityMinutes: z.strictObject({
    urgent: minutes(10, 'urgent'), high: minutes(30, 'high'), normal: minutes(240, 'normal'), low: minutes(1440, 'low'),
  }).prefault({}).describe('How long jobs wait for their machines.'),
  oldestWaitMinutes: z.int().min(1).max(43_200).default(2880).describe('Minutes that a job may wait for its turn before somebody is told.'),
}).describe('What the deployment promises its users ([slo.md](slo.md)): alarms ring when it is about to break that.');

/** What is told of jobs, and how much of it. */
export const telemetryConfiguration = z.strictObject({
  traces: z.boolean().default(true)
    .describe('Whether spans of jobs leave as they close, to CloudWatch (whose Transaction Search has to be on) or to `otlpEndpoint`.'),
  otlpEndpoint: z.url({ protocol: /^https?$/ }).optional()
    .describe('Where spans go instead of CloudWatch: the base URL of an OTLP/HTTP endpoint that functions and nodes reach. Where it is no host of AWS’s, steps send there themselves: the agent sends to no other ([telemetry-on-nodes.md](telemetry-on-nodes.md)).'),
  collector: z.enum(['all', 'head', 'none']).default('all')
    .describe('On which nodes the CloudWatch agent runs as a collector, where their image has it (1.300066 or later): it takes OTLP of hooks and jobs on the loopback.'),
  nodeMetrics: z.boolean().default(true)
    .describe('Whether these collectors also ship what their nodes use: GPUs, memory, disks, network. Billed as custom metrics.'),
  programMetrics: z.boolean().default(false)
    .describe('Whether OTLP metrics that programs of jobs send are taken. Nothing here bounds them, and CloudWatch bills them by the gigabyte ([telemetry-on-nodes.md](telemetry-on-nodes.md#metrics-of-programs)); traces are taken either way.'),
  installCollector: z.boolean().default(false)
    .describe('Whether nodes whose image has no CloudWatch agent install Amazon Linux’s package of it, in the background ([telemetry-on-nodes.md](telemetry-on-nodes.md#where-the-image-has-none)).'),
  logMiBPerAttempt: z.int().min(1).max(102_400).default(1024)
    .describe('Output that is kept of an attempt, over all of its nodes and steps; what is beyond is cut, with a notice and its end.'),
  objectives: objectives.prefault({}),
  costLabel: costLabel.optional().describe('By which label metrics of cost are told apart. It becomes a tag of its own name, too, of instances and volumes.'),
  dashboards: z.enum(['all', 'service', 'none']).default('all')
    .describe('Which dashboards CloudWatch gets ([dashboards.md](dashboards.md)): all five, that of the service alone, or none. Each costs 3 USD a month; three of an account with at most 50 metrics each cost nothing.'),
  grafanaUrl: z.url({ protocol: /^https?$/ }).optional()
    .describe('A Grafana that has the dashboards of `npm run grafana`: `orch get` then links that of the job there instead of CloudWatch’s.'),
  monthlyBudgetUsd: z.number().positive().max(1e9).optional()
    .describe('What jobs may cost a month: alarms ring when what their machines cost at list price would use it up too fast.'),
}).describe('What is told of jobs, and how much of it.');
