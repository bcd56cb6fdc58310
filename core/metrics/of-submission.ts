import { measurement, type Measurement } from './catalogue.ts';

/** How an operation of the API answered. */
export interface Answered {
  readonly status: number;
  readonly seconds: number;
}

/** Of one submission, whatever it was answered with. */
export function submissionMeasurements({ status, seconds }: Answered): readonly Measurement[] {
  return [
    measurement('Submissions', 1, {}),
    // Also where there was none: a rate needs both in each minute.
    measurement('SubmissionFaults', status >= 500 ? 1 : 0, {}),
    measurement('SubmissionSeconds', seconds, {}),
  ];
}
