namespace CogVideoX.Compiler.Tests.Programs;

/// <summary>Some C# that runs on the host and, compiled to PTX, in the emulator.</summary>
public interface IProgram
{
    /// <summary>A digest of all that it reckoned.</summary>
    static abstract ulong Run(int i, uint u, long l, float f, double d);
}
