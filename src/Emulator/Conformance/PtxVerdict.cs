namespace CogVideoX.Emulator;

/// <summary>Whether ptxas would take a module.</summary>
/// <param name="Accepts">null where that can't be told: the module has what isn't covered here</param>
/// <param name="Message">what is wrong, or what isn't covered; empty if the module is accepted</param>
/// <param name="Line">where, from 1; 0 if the module is accepted</param>
public sealed record PtxVerdict(bool? Accepts, string Message, int Line)
{
    /// <summary>What each kernel of a module that is accepted takes of a multiprocessor's registers.</summary>
    public IReadOnlyList<EntryRegisters> Entries { get; init; } = [];
}
