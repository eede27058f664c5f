import { connectMillisecondsMax, requestMillisecondsMax } from '../limits.ts';

/** For every client: a connection that hangs should cost a retry and not the rest of a function's time. */
export const TIMEOUTS = { connectionTimeout: connectMillisecondsMax, socketTimeout: requestMillisecondsMax };
