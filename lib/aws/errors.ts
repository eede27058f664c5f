/**
 * Errors of AWS said so that somebody can act: what was tried, what is wrong, and the policy statement to add where one is missing.
 */

/** What was asked of AWS: `do` completes "cannot …"; the permission and the resource are those of an IAM statement. */
export interface Attempt {
  readonly do: string;
  readonly permission: string;
  readonly resource: string;
}

interface AwsError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const REGION = 'the bucket is in another region; set AWS_REGION to that of the bucket';

/** What to do about the errors that people meet, by their names. */
const ADVICE: Readonly<Record<string, string>> = {
  NoSuchBucket: 'the bucket does not exist; check its name and the account of the credentials',
  NoSuchKey: 'the object does not exist any more; list again',
  PermanentRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  IllegalLocationConstraintException: REGION,
  CredentialsProviderError: 'no credentials found; run aws sso login, or set AWS_PROFILE or AWS_ACCESS_KEY_ID',
  ExpiredToken: 'the credentials have expired; run aws sso login or renew them',
  InvalidAccessKeyId: 'AWS does not know these credentials; check AWS_PROFILE or AWS_ACCESS_KEY_ID',
  InvalidObjectState: 'the object is archived; restore it from S3 Glacier first',
  NotFound: 'it does not exist; check its name, its region and the account of the credentials',
  NotFoundException: 'it does not exist; check its name, its region and the account of the credentials',
  ResourceNotFoundException: 'it does not exist; check its name, its region and the account of the credentials',
  QueueDoesNotExist: 'the queue does not exist; check its name, its region and the account of the credentials',
  'AWS.SimpleQueueService.NonExistentQueue':
    'the queue does not exist; check its name, its region and the account of the credentials',
};

const DENIED = /^(AccessDenied|AccessDeniedException|AuthorizationError|AuthorizationErrorException|403)$/;

/** The error of a client of AWS as one that says what to do; the original is its `cause`. */
export function explained(error: unknown, { do: action, permission, resource }: Attempt): Error {
  return new Error(`cannot ${action}: ${adviceOn(error as AwsError, permission, resource)}`, { cause: error });
}

function adviceOn(error: AwsError, permission: string, resource: string): string {
  const { name, message } = error;
  // A denied key comes under many names; the message always has the action, and mostly the ARN of the key.
  const kms = /(?<!:)\bkms:[A-Z]\w+/.exec(message)?.[0] ?? (/^kms/i.test(name) ? 'kms:Decrypt' : undefined);
  if (kms !== undefined) {
    const key = /arn:[\w-]+:kms:[\w:/-]+/.exec(message)?.[0] ?? 'the ARN of the key';
    return `the KMS key is denied; allow ${kms} on ${key}, in the key's own policy too: ${statement(kms, key)}`;
  }
  if (ADVICE[name] !== undefined) return ADVICE[name];
  if (DENIED.test(name) || error.$metadata?.httpStatusCode === 403) {
    return `access denied; allow ${permission} on ${resource} (and kms:Decrypt where it has a KMS key): ${statement(permission, resource)}`;
  }
  if (message === 'Region is missing') return 'no region is set; set AWS_REGION';
  return name === 'Error' || name === '' ? message : `${message} (${name})`;
}

function statement(action: string, resource: string): string {
  return JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });
}
