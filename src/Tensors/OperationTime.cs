namespace CogVideoX.Tensors;

/// <summary>What all runs of one kind of operation took together.</summary>
/// <param name="Name">The operation's name, such as <c>linear</c>.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Flops">Floating-point operations that its definition asks for (1 multiply-add = 2).</param>
/// <param name="Elapsed">Wall-clock time on the device.</param>
public readonly record struct OperationTime(string Name, int Calls, long Flops, TimeSpan Elapsed);
