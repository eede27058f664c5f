/**
 * The ONNX runtime, quiet. The only importer of onnxruntime.
 *
 * On Linux its releases report their use to Microsoft (mobile.events.data.microsoft.com) and keep an identity of the machine below ~/.cache, unless
 * the variable says otherwise when the library is loaded (onnxruntime/core/platform/posix/telemetry.cc; seen in 1.30.0). What looks for data that
 * leaves must not send any.
 */

/** Loading takes tens of milliseconds and megabytes: only those who score pay for it. */
export async function loadRuntime() {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  return await import('onnxruntime-node');
}
