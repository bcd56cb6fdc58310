import { z } from 'zod';

const topicArn = z.string().regex(/^arn:aws[a-z-]*:sns:/, 'the ARN of an SNS topic').optional();

/** Who hears of alarms. */
export const alarmsConfiguration = z.strictObject({
  email: z.email().optional().describe('Who is told about alarms that ask to wake up or to look; has to be confirmed by mail once for each topic.'),
  topicArn: topicArn.describe('A topic to be used for all alarms instead of new ones; it must let CloudWatch publish.'),
  topics: z.strictObject({
    wake: topicArn.describe('For what asks to act at once, at night too: the topic of a pager, for instance.'),
    look: topicArn.describe('For what asks to look today.'),
    know: topicArn.describe('For what can wait until somebody is at it.'),
  }).prefault({}).describe('The same for alarms of one severity.'),
  runbookUrl: z.url({ protocol: /^https?$/ }).max(200).optional()
    .describe('Where people on call find the runbook: the address of `docs/runbook/README.md`, which alarms name with its section. Left out: they name the file.'),
});
