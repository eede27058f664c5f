/**
 * What other programs may build on. Everything else may change without notice.
 */
export { Conversations } from './conversations/conversations.ts';
export { type Detection, type DetectOptions, type DetectSummary, detect } from './detect.ts';
export { FEATURES, featureHash } from './features/catalog.ts';
export { FINDING_TYPES } from './findings/catalog.ts';
export type { Finding, Severity } from './findings/finding.ts';
export { createNames, FlowBatch } from './flowlog/batch.ts';
export { DEFAULT_FORMAT, FIELDS, TRANSIT_GATEWAY_FORMAT } from './flowlog/fields.ts';
export { formatLayout } from './flowlog/layout.ts';
export { type LogObject, readObject } from './flowlog/object.ts';
export { type Classifier, openClassifier } from './model/classifier.ts';
export { type Manifest, parseManifest } from './model/manifest.ts';
export { readConversations } from './reading.ts';
export { DEFAULT_SETTINGS, parseSettings, type Settings } from './settings.ts';
