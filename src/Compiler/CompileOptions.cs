namespace CogVideoX.Compiler;

/// <summary>What a kernel is compiled for.</summary>
public sealed record CompileOptions
{
    /// <summary>The device; null for the least that the kernel's instructions need.</summary>
    public Target? Target { get; init; }

    /// <summary>Views trap outside of their bounds.</summary>
    public bool CheckBounds { get; init; }

    /// <summary>Writes each C# line above the PTX that it became.</summary>
    public bool ShowSource { get; init; }

    /// <summary>Writes .file and .loc, by which faults and profilers find the C# line.</summary>
    public bool LineTable { get; init; } = true;
}
