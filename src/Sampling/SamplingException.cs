namespace CogVideoX.Sampling;

/// <summary>Sampling can't begin or go on. The message names the setting, or the step at which a number stopped being finite.</summary>
public class SamplingException(string message, Exception? inner = null) : Exception(message, inner);
