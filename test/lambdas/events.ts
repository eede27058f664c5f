import type { SQSEvent } from 'aws-lambda';

/** An event of a queue with these bodies; their messages are `message-0`, `message-1` … and come the second time. */
export function queueEvent(...bodies: readonly string[]): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `message-${index}`,
      receiptHandle: `handle-${index}`,
      body,
      attributes: {
        ApproximateReceiveCount: '2',
        SentTimestamp: '1790000000000',
        SenderId: 'AIDA',
        ApproximateFirstReceiveTimestamp: '1790000000000',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:detect',
      awsRegion: 'eu-west-1',
    })),
  };
}
