namespace CogVideoX.Emulator.Cases;

/// <summary>Compares a launch's fault with the one that was planted.</summary>
internal static class CaseFaults
{
    /// <summary>What is wrong with the verdict in words, or null.</summary>
    public static string? Compare(CaseFile file, LaunchReport launch)
    {
        if (launch.Fault is not { } fault)
            return $"no fault found, planted was {string.Join(" or ", file.Fault!)}";
        if (!file.Fault!.Contains(fault.KindText))
            return $"planted was {string.Join(" or ", file.Fault!)}, found {fault}";
        if (file.FaultLine is { } line && fault.Source.Line != line && fault.Source.OuterLine != line)
            return $"planted at source line {line}, found {fault}";
        if (file.FaultBuffers is { } buffers && !buffers.Contains(fault.Allocation))
            return $"planted in {Printable.List(buffers)}, found {fault}";
        return null;
    }
}
