import { itemsOf } from '@advanced-orchestrator/sdk';
import type { JobDetail } from '@advanced-orchestrator/sdk';
import { jobTrace } from '../../../core/trace/job-trace.ts';
import { tracedEvent, tracedJob } from '../../../core/trace/of-views.ts';
import { toOtlp } from '../../../core/trace/otlp.ts';
import type { TracedEvent } from '../../../core/trace/traced.ts';
import { writeJson } from '../output/json.ts';
import { standing } from '../output/words.ts';
import { jobRef } from '../session.ts';
import { traceSvg } from '../trace/svg.ts';
import { waterfall } from '../trace/waterfall.ts';
import { UsageError } from '../usage-error.ts';
import { writeText } from '../write-file.ts';
import { action, examples, type AddCommand } from './command.ts';

interface TraceOptions {
  readonly svg?: string;
  readonly otlp?: string;
  readonly all?: boolean;
  readonly nodes?: boolean;
}

/** Where nothing says how wide the terminal is. */
const DEFAULT_COLUMNS = 120;

/** `orch trace JOB` */
export const addTrace: AddCommand = (program, context) => {
  program
    .command('trace')
    .summary('show where the time of a job went')
    .description('Draws the trace of a job, from its submission to its end: attempts, states, launch calls, boot, steps and their nodes. What failed is marked. A job that goes on is drawn until now.')
    .argument('<job>', 'JOB or NAMESPACE/JOB')
    .option('--svg <file>', 'write it as a picture instead; - for standard output')
    .option('--otlp <file>', 'write it as OTLP in JSON instead, which any OpenTelemetry collector takes; - for standard output')
    .option('--nodes', 'each node of a step, and not only those on which it failed and the slowest')
    .option('-a, --all', 'also states that were only passed through, and each of many spans that are alike')
    .addHelpText('after', examples(
      'orch trace physics/01jd8x2z5k3m9q7w4t6v8y0abc',
      'orch trace -n physics 01jd8x2z5k3m9q7w4t6v8y0abc --svg trace.svg',
      'orch trace physics/01jd8x2z5k3m9q7w4t6v8y0abc --otlp - | curl -H "content-type: application/json" --data @- http://localhost:4318/v1/traces',
    ))
    .action(action(context, async (session, text: string, { svg, otlp, all = false, nodes = false }: TraceOptions) => {
      const { terminal, colours, json } = session;
      if (svg === '-' && otlp === '-') throw new UsageError('only one of --svg and --otlp can go to standard output');
      const ref = jobRef(session, text);
      const client = session.client();
      const { signal } = terminal;
      const job = await client.getJob(ref, { signal });
      // Asked after the job: what it did until then is among them.
      const events: TracedEvent[] = [];
      for await (const event of itemsOf((cursor) => client.listEvents(ref, { limit: 100, signal, ...(cursor === undefined ? {} : { cursor }) }))) events.push(tracedEvent(event));
      const trace = jobTrace(tracedJob(job), events);
      const nowMs = terminal.now();
      if (svg !== undefined) await writeText(terminal, svg, traceSvg(titleOf(job), trace, { nowMs, all, nodes: true }));
      if (otlp !== undefined) await writeText(terminal, otlp, `${JSON.stringify(toOtlp(trace, nowMs))}\n`);
      if (svg !== undefined || otlp !== undefined) return;
      if (json) return writeJson(session, trace);
      terminal.out(`${job.namespace}/${job.jobId} ${standing(colours, job)}, trace ${trace.traceId}\n\n`);
      terminal.out(waterfall(colours, trace, { nowMs, all, nodes, columns: terminal.columns ?? DEFAULT_COLUMNS }));
    }));
};

function titleOf({ namespace, jobId, manifest, state, outcome }: JobDetail): string {
  return `${namespace}/${jobId} · ${manifest.name} v${manifest.version} · ${[state, outcome ?? ''].join(' ').trim()}`;
}
