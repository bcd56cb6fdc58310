import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { EventFunction } from '../functions/event-function.ts';
import type { FunctionSettings } from '../functions/orchestrator-function.ts';
import type { JobNodes } from '../nodes/job-nodes.ts';
import type { Alarms } from '../observability/alarms.ts';
import { allowFactsRefresh } from './knowledge-permissions.ts';

export interface MarketRefreshProps {
  readonly settings: FunctionSettings;
  readonly alarms: Alarms;
  readonly nodes: JobNodes;
}

/** What reads on schedule how often Spot machines are taken back, and what the account may run. */
export class MarketRefresh extends Construct {
  readonly refresher: EventFunction;

  constructor(scope: Construct, id: string, { settings, alarms, nodes }: MarketRefreshProps) {
    super(scope, id);
    this.refresher = new EventFunction(this, 'RefreshMarket', {
      settings, alarms, deadLetters: 'know', handlerName: 'capacity/refresh-market', timeout: Duration.minutes(2),
    });
    this.refresher.at('OnSchedule', Schedule.rate(Duration.minutes(settings.configuration.capacity.refreshMinutes)));
    allowFactsRefresh(this.refresher, nodes);
  }
}
