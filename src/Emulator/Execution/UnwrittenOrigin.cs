namespace CogVideoX.Emulator.Execution;

/// <summary>The load that took bytes which nobody wrote out of memory.</summary>
internal sealed record UnwrittenOrigin(int Line, string Space, string? Allocation, ulong Address)
{
    public override string ToString() =>
        $"read at line {Line} from {Space} memory{(Allocation is null ? "" : $" of {Printable.Name(Allocation)}")} at 0x{Address:x}, "
            + "where nobody has written";
}
