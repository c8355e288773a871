namespace CogVideoX.Pipelines;

/// <summary>
/// What opening a model, planning and generating throw where something outside of the program is wrong: one catch is enough. Two kinds
/// stay outside, as everywhere in .NET: <see cref="OperationCanceledException"/> (here <see cref="CancelledException"/>), and
/// <see cref="ArgumentException"/> and <see cref="ObjectDisposedException"/> for mistakes in the calling code.
/// </summary>
/// <param name="message">What was asked, what is wrong, what would work.</param>
/// <param name="inner">What it came from.</param>
public abstract class CogVideoXException(string message, Exception? inner = null) : Exception(message, inner);
