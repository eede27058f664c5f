/**
 * Batches of an SQS queue: a message returns or throws, and only those that threw are delivered again.
 */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { unknownEvent } from './handler.ts';
import { logger } from './telemetry.ts';

export function isQueueEvent(event: unknown): event is SQSEvent {
  const records = (event as { Records?: unknown } | null)?.Records;
  return Array.isArray(records) && records.every((record) => record?.eventSource === 'aws:sqs');
}

/** One message after another, since each may need much memory. Throws when all of them failed, so that alarms hear of it. */
export async function processMessages(
  event: unknown,
  context: Context,
  process: (message: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  if (!isQueueEvent(event)) throw unknownEvent(event, 'messages of an SQS queue; send other events through the queue');
  const logged = async (message: SQSRecord) => {
    try {
      await process(message);
    } catch (error) {
      const { messageId, attributes } = message;
      const deliveries = Number(attributes?.ApproximateReceiveCount ?? 1);
      logger.error('the message failed and is delivered again', { messageId, deliveries, error: error as Error });
      throw error;
    }
  };
  const processor = new BatchProcessor(EventType.SQS);
  return processPartialResponse(event, logged, processor, { context, processInParallel: false });
}
