import { describe, expect, it } from 'vitest';
import { explained } from '../../lib/aws/errors.ts';

const ATTEMPT = { do: 'read s3://logs/a', permission: 's3:GetObject', resource: 'arn:aws:s3:::logs/*' };
const named = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe('an error of AWS', () => {
  it('names the statement to add where access is denied', () => {
    const { message } = explained(named('AccessDenied', 'Access Denied'), ATTEMPT);
    expect(message).toContain('cannot read s3://logs/a: access denied; allow s3:GetObject on arn:aws:s3:::logs/*');
    expect(JSON.parse(message.slice(message.indexOf('{')))).toEqual({
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::logs/*',
    });
  });

  it.each([
    [
      'AccessDenied',
      `User: arn:aws:sts::111122223333:assumed-role/x/y is not authorized to perform: kms:GenerateDataKey on resource: ${KEY} because no policy allows it`,
      `allow kms:GenerateDataKey on ${KEY}`,
    ],
    ['KMSAccessDenied', `The ciphertext refers to a key that is not there; ${KEY}`, `allow kms:Decrypt on ${KEY}`],
    ['KMS.DisabledException', 'it is disabled', 'allow kms:Decrypt on the ARN of the key'],
  ])('names the key and the action where a KMS key is denied: %s', (name, text, advice) => {
    expect(explained(named(name, text), ATTEMPT).message).toContain(`the KMS key is denied; ${advice}`);
  });

  it.each([
    ['NoSuchBucket', 'the bucket does not exist'],
    ['PermanentRedirect', 'the bucket is in another region'],
    ['NotFound', 'it does not exist'],
    ['ResourceNotFoundException', 'it does not exist'],
    ['QueueDoesNotExist', 'the queue does not exist'],
    ['ExpiredToken', 'the credentials have expired'],
  ])('says what to do about %s', (name, advice) => {
    expect(explained(named(name, 'as it is'), ATTEMPT).message).toContain(advice);
  });

  it('is told as it came where there is nothing to add, with its name', () => {
    expect(explained(named('SlowDown', 'Please reduce your request rate.'), ATTEMPT).message).toBe(
      'cannot read s3://logs/a: Please reduce your request rate. (SlowDown)',
    );
    expect(explained(new Error('socket hang up'), ATTEMPT).message).toBe('cannot read s3://logs/a: socket hang up');
  });

  it('keeps the original as its cause, and takes any 403 as denied', () => {
    const cause = named('Unknown', 'x', { $metadata: { httpStatusCode: 403 } });
    const error = explained(cause, ATTEMPT);
    expect(error.cause).toBe(cause);
    expect(error.message).toContain('access denied');
  });
});
