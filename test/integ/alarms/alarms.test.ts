import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TakeBack } from '../../../local/account.ts';
import { eventually } from '../../../local/eventually.ts';
import { settleAll } from '../../../local/settle-all.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { watchedCloud } from '../cloud/watched-cloud.ts';
import { AlarmWatch, type DeployedAlarm } from './alarm-watch.ts';
import { cases, type Case } from './cases.ts';
import { Subscriber, type Told } from './told.ts';

jest.setTimeout(240_000);

const hour = 3_600_000;
const ago = (hours: number): Date => new Date(Date.now() - hours * hour);

/**
 * All alarms ring and clear in one course of time, which the tests then look at: what is caused is evaluated as of now, and
 * is over half a day later, when nothing has happened for so long; written values lie days before, when there was no cloud.
 */
describe('the alarms of a deployment', () => {
  let watch: AlarmWatch;
  let alarms: readonly DeployedAlarm[];
  /** Empty unless something went wrong before they were called. */
  const takeBacks: TakeBack[] = [];
  const rang: Record<string, string | undefined> = {};
  let atTheEnd: Readonly<Record<string, string>> = {};
  const told: Record<string, readonly Told[]> = {};

  const by = (kind: Case['by']): readonly DeployedAlarm[] => alarms.filter(({ id }) => cases[id]?.by === kind);
  const note = (kind: Case['by'], states: Readonly<Record<string, string>>): void => {
    for (const { id, name } of by(kind)) rang[id] = states[name];
  };

  beforeAll(async () => {
    const cloud = await watchedCloud();
    watch = new AlarmWatch(cloud);
    alarms = await watch.alarms();
    const subscribers = new Map<string, Subscriber>();
    for (const topicArn of new Set(alarms.flatMap(({ topicArns }) => topicArns))) subscribers.set(topicArn, await Subscriber.of(cloud.account, topicArn));

    const before = ago(9 * 24);
    await watch.evaluate(before);
    const isAlone = ({ id }: DeployedAlarm): boolean => { const each = cases[id]; return each?.by === 'cause' && each.alone === true; };
    await bringAbout(cloud, by('cause').filter(isAlone), takeBacks);
    const others = by('cause').filter((alarm) => !isAlone(alarm));
    const [lasting] = await Promise.all([bringAboutLasting(cloud, by('lasting'), takeBacks), bringAbout(cloud, others, takeBacks)]);
    await eventually('all that has a cause rings', async () => {
      note('cause', await watch.evaluate(new Date()));
      return by('cause').every(({ id }) => rang[id] === 'ALARM');
    }, { timeoutMs: 20_000 }).catch(() => undefined); // which does not, its own test says
    for (const { alarm, since } of lasting) rang[alarm.id] = (await watch.evaluate(await watch.goOn(alarm, since)))[alarm.name];
    for (let back = takeBacks.shift(); back !== undefined; back = takeBacks.shift()) await back();

    note('silence', await watch.evaluate(new Date(Date.now() + 12 * hour)));

    const then = ago(3 * 24);
    for (const alarm of alarms) {
      const each = cases[alarm.id];
      if (each?.by === 'data') await each.write(watch, alarm, then);
    }
    note('data', await watch.evaluate(then));

    await watch.evaluate(before);
    for (const each of Object.values(cases)) if (each.by === 'silence') await cloud.account.invoke(each.of);
    atTheEnd = await watch.resume([...by('cause'), ...by('lasting'), ...by('data')]);
    for (const [topicArn, subscriber] of subscribers) told[topicArn] = await subscriber.told();
  });

  afterAll(async () => {
    await settleAll('causes could not be taken back', takeBacks.splice(0).map((back) => back()));
    await watch.resume([]);
  });

  it('have a case here, and no case is of none', () => {
    expect(alarms.map(({ id }) => id).toSorted()).toEqual(Object.keys(cases).toSorted());
  });

  it.each(Object.keys(cases))('%s rings, tells the topic of its severity, and clears', (id) => {
    const alarm = alarms.find((each) => each.id === id);
    expect(alarm).toBeDefined();
    expect(rang[id]).toBe('ALARM');
    const topics = Object.entries(told).filter(([, all]) => all.some(({ alarm: name }) => name === alarm?.name));
    expect(topics.map(([topicArn]) => topicArn)).toEqual([expect.stringMatching(new RegExp(`${alarm?.severity}Topic`, 'i'))]);
    const states = topics.flatMap(([, all]) => all).filter(({ alarm: name }) => name === alarm?.name).map(({ state }) => state);
    expect(states.join(' ')).toMatch(/ALARM OK/);
    expect(atTheEnd[alarm?.name ?? '']).toBe('OK');
  });
});

/** Does what each case is caused by that has to go on; answers since when it does. */
async function bringAboutLasting(cloud: SharedCloud, alarms: readonly DeployedAlarm[], takeBacks: TakeBack[]): Promise<readonly { readonly alarm: DeployedAlarm; readonly since: Date }[]> {
  const brought = await Promise.all(alarms.map(async (alarm) => {
    const each = cases[alarm.id];
    return each?.by === 'lasting' ? { alarm, since: await each.bring(cloud, takeBacks) } : undefined;
  }));
  return brought.filter((each) => each !== undefined);
}

/** Does what each case is caused by, once where alarms have the same. */
async function bringAbout(cloud: SharedCloud, alarms: readonly DeployedAlarm[], takeBacks: TakeBack[]): Promise<void> {
  const caused = new Map(alarms.map((alarm) => [cases[alarm.id], alarm]));
  await Promise.all([...caused].map(async ([each, alarm]) => each?.by === 'cause' ? each.bring(cloud, takeBacks, alarm) : undefined));
}
