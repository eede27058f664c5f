/** Events as S3, SNS and EventBridge send them. */

/** A key as S3 writes it into an event: as in a form, with slashes left plain. */
export function encodedKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

export function s3Record(bucket: string, key: string, size: number, eventTime: string) {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'eu-west-1',
    eventTime,
    eventName: 'ObjectCreated:Put',
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
      object: { key: encodedKey(key), size, eTag: 'd41d8cd98f00b204e9800998ecf8427e', sequencer: '0055AED6DCD90281E5' },
    },
  };
}

export function s3Event(bucket: string, key: string, size = 1, time = '2026-11-22T10:00:00.000Z'): string {
  return JSON.stringify({ Records: [s3Record(bucket, key, size, time)] });
}

/** A notification of SNS around a message, as a queue gets it without raw delivery. */
export function throughTopic(message: string): string {
  const TopicArn = 'arn:aws:sns:eu-west-1:111122223333:logs';
  return JSON.stringify({
    Type: 'Notification',
    MessageId: 'a',
    TopicArn,
    Subject: 'Amazon S3 Notification',
    Message: message,
  });
}

export function bridgeEvent(bucket: string, key: string, size = 1, time = '2026-11-22T10:00:00.000Z'): string {
  return JSON.stringify({
    version: '0',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    time,
    detail: { version: '0', bucket: { name: bucket }, object: { key, size, etag: 'a' }, reason: 'PutObject' },
  });
}
