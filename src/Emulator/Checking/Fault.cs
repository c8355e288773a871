namespace CogVideoX.Emulator;

/// <summary>What went wrong first, and where.</summary>
/// <param name="Line">line of the PTX text, 0 if no instruction is to blame</param>
/// <param name="Source">where .loc says that the line comes from</param>
/// <param name="Block">ctaid of the thread</param>
/// <param name="Thread">tid of the thread</param>
/// <param name="Address">address of the access, as the instruction gave it; null if there was none</param>
/// <param name="Allocation">buffer or variable that was touched, or the nearest below the address</param>
public sealed record Fault(
    FaultKind Kind, string Message, int Line, SourceLocation Source, Dim3 Block, Dim3 Thread, ulong? Address, string? Allocation)
{
    /// <summary>The kind as the cases write it, such as "out of bounds".</summary>
    public string KindText => TextOf(Kind);

    public override string ToString()
    {
        string memory = Address is { } address
            ? $", address 0x{address:x}" + (Allocation is null ? "" : $" ({Printable.Name(Allocation)})") : "";
        string where = Line == 0 ? "" : $" at PTX line {Line}" + (Source.Line > 0 ? $" (source line {Source.Line})" : "");
        return $"{KindText}: {Message}{where}, block {Block}, thread {Thread}{memory}";
    }

    internal static string TextOf(FaultKind kind) => kind switch
    {
        FaultKind.OutOfBounds => "out of bounds",
        FaultKind.EndlessLoop => "endless loop",
        FaultKind.UseAfterFree => "use after free",
        FaultKind.FreedTwice => "freed twice",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
