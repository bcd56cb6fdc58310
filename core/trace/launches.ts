import type { LaunchRecord } from '../capacity/gang.ts';
import { isOfManifest } from '../capacity/refused-launch.ts';
import type { Attributes } from './span.ts';

/** A turn seldom makes ten calls. Those before are in the launch records, and in no history, trace or metric. */
export const MOST_TOLD = 40;

/** A launch call as the history tells of it. Histories of before this release have neither types nor times. */
export interface ToldLaunch {
  readonly ordinal: number;
  readonly pool: string;
  readonly asked: number;
  readonly launched: number;
  readonly market: string;
  readonly types: readonly string[];
  readonly zones: readonly string[];
  /** Of what was not to be had, and of what refused the call. */
  readonly codes: readonly string[];
  /** When the call was begun. */
  readonly atMs?: number;
  /** How long its answer took; absent where none came. */
  readonly tookMs?: number;
  /** Code under which the launch was refused for good. */
  readonly refused?: string;
  /** Refused for what the manifest names: nobody's but its author's to mend. */
  readonly theirs?: true;
}

/**
 * What the history tells of a launch: few bytes, for a turn may make forty calls.
 *
 * @param image of its pool, as the manifest says it
 */
export function tellLaunch({ ordinal, pool, count, market, instanceTypes, zones, requestedAtMs, answeredAtMs, result }: LaunchRecord, image?: string): ToldLaunch {
  return {
    ordinal, pool, asked: count, launched: result?.launched.length ?? 0, market, types: instanceTypes, zones,
    codes: [...new Set(result?.unavailable.map(({ code }) => code))],
    atMs: requestedAtMs,
    // What was known to lack something is answered without a call.
    ...(result === undefined ? {} : { tookMs: Math.max(0, (answeredAtMs ?? requestedAtMs) - requestedAtMs) }),
    ...(result?.rejected === undefined ? {} : { refused: result.rejected.code, ...(isOfManifest(image, result.rejected.code) ? { theirs: true } : {}) }),
  };
}

/** The launches of an entry's data. What is not like one is left out. */
export function launchesOf(data: Readonly<Record<string, unknown>> | undefined): readonly ToldLaunch[] {
  const launches: unknown = data?.['launches'];
  return Array.isArray(launches) ? launches.flatMap((launch: unknown) => readLaunch(launch) ?? []) : [];
}

function readLaunch(launch: unknown): ToldLaunch | undefined {
  if (!isRecord(launch)) return undefined;
  const { ordinal, pool, asked, launched, market, types, zones, codes, atMs, tookMs, refused, theirs } = launch;
  if (!isCount(ordinal) || typeof pool !== 'string' || !isCount(asked) || !isCount(launched) || typeof market !== 'string') return undefined;
  return {
    ordinal, pool, asked, launched, market, types: texts(types), zones: texts(zones), codes: texts(codes),
    ...(isCount(atMs) ? { atMs } : {}), ...(isCount(tookMs) ? { tookMs } : {}), ...(typeof refused === 'string' ? { refused } : {}),
    ...(theirs === true ? { theirs } : {}),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []);

/** What its span says of a launch. */
export function launchAttributes({ ordinal, pool, asked, launched, market, types, zones, codes, atMs, tookMs, refused }: ToldLaunch): Attributes {
  const [zone, ...otherZones] = zones;
  const [type, ...otherTypes] = types;
  return {
    'orchestrator.launch.ordinal': ordinal,
    'orchestrator.launch.pool': pool,
    'orchestrator.launch.asked': asked,
    'orchestrator.launch.launched': launched,
    'orchestrator.launch.market': market,
    'orchestrator.launch.zones': zones,
    ...(types.length === 0 ? {} : { 'orchestrator.launch.types': types }),
    ...(zone !== undefined && otherZones.length === 0 ? { 'cloud.availability_zone': zone } : {}),
    ...(type !== undefined && otherTypes.length === 0 ? { 'host.type': type } : {}),
    ...(codes.length === 0 ? {} : { 'orchestrator.launch.codes': codes }),
    ...(refused === undefined ? {} : { 'error.type': refused }),
    ...(atMs === undefined ? { 'orchestrator.time.unknown': true } : {}),
    ...(atMs !== undefined && tookMs === undefined ? { 'orchestrator.launch.unanswered': true } : {}),
  };
}
