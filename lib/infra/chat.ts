/**
 * A Slack channel by way of Amazon Q Developer in chat applications. It has a topic of its own, because Amazon Q silently drops every
 * message that is not in its own schema.
 */
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { topicKey } from './encryption.ts';
import type { Installation } from './installation.ts';

export interface ChatProps {
  readonly installation: Installation;
  readonly slackWorkspaceId: string;
  readonly slackChannelId: string;
}

export class Chat extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, { installation, slackWorkspaceId, slackChannelId }: ChatProps) {
    super(scope, id);
    const { service, encryptionKey, alarms } = installation;
    const masterKey = topicKey(this, encryptionKey);
    this.topic = new Topic(this, 'Topic', { displayName: `${service} chat`, enforceSSL: true, masterKey });
    new SlackChannelConfiguration(this, 'Slack', {
      slackChannelConfigurationName: service,
      slackWorkspaceId,
      slackChannelId,
      notificationTopics: [this.topic, alarms.topic],
      // Without guardrails people in the channel could run commands as administrators.
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AWSDenyAll')],
    });
  }
}
