namespace CogVideoX.Emulator.Execution;

/// <summary>Bytes of a thread's frame.</summary>
internal readonly record struct FrameRange(int Offset, int Bytes);
