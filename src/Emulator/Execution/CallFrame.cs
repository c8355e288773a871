namespace CogVideoX.Emulator.Execution;

/// <summary>Where a call returns to, and which bytes of results it copies then.</summary>
internal sealed record CallFrame(int ReturnTo, Join? Join, IReadOnlyList<FrameCopy> Results, CallFrame? Outer);
