namespace CogVideoX.Compiler.Language;

/// <summary>Ends a launch that went wrong.</summary>
public static class Trap
{
    /// <summary>Stops the launch with an error.</summary>
    [Ptx("trap;")]
    public static void Now() => throw new InvalidOperationException("A kernel ran into Trap.Now().");
}
