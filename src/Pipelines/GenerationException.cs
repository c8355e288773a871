namespace CogVideoX.Pipelines;

/// <summary>A run failed in the middle. The message says in which stage and what can be done.</summary>
public sealed class GenerationException(string message, Exception? inner = null) : Exception(message, inner);
