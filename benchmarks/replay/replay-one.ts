// Replays one policy in a process of its own, so that policies run side by side: the task as JSON in, the run as JSON out.
import { runPolicy } from './run-policy.ts';
import { loadOf, type Source } from './source.ts';

const task: { readonly source: Source; readonly policy: string } = JSON.parse(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(runPolicy(loadOf(task.source), task.policy)));
