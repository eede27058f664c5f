/**
 * The variables that the stack sets and the functions read: names and places, never secrets.
 */

/** Beginning of all keys of the canary in the findings bucket; what lies there never reaches people. */
export const CANARY_PREFIX = 'canary/';

/** File beside a function's code with the settings that the stack was deployed with. */
export const SETTINGS_FILE = 'settings.json';

/** Variables by what they hold. */
export const VARIABLES = {
  findingsBucket: 'FLOWTRAP_FINDINGS_BUCKET',
  /** Topic for e-mail and machines. */
  topic: 'FLOWTRAP_TOPIC_ARN',
  /** Topic for Amazon Q Developer in chat applications; unset without it. */
  chatTopic: 'FLOWTRAP_CHAT_TOPIC_ARN',
  /** Secret with the address of a Slack webhook; unset without it. */
  slackSecret: 'FLOWTRAP_SLACK_SECRET_ARN',
} as const;

export type Variables = typeof VARIABLES;

/** Value of a variable; throws with its name where it is not set. */
export function required(variable: keyof Variables): string {
  const value = optional(variable);
  if (value === undefined)
    throw new Error(`the variable ${VARIABLES[variable]} is not set; the stack sets it on deployment`);
  return value;
}

export function optional(variable: keyof Variables): string | undefined {
  return process.env[VARIABLES[variable]] || undefined;
}
