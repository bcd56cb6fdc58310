import { noneRuntime } from '../../../core/runtimes/none-runtime.ts';
import { describeRuntime } from './runtime.contract.ts';

describeRuntime('None', noneRuntime, { workerLost: { Fail: 'fail', Requeue: 'requeue', Replace: 'replace' }, spares: [] });
