namespace CogVideoX.Emulator.Mutations;

/// <summary>What became of a mutant.</summary>
/// <param name="Evidence">the fault or the wrong number that gave it away; null if it survived</param>
/// <param name="ByFault">a check found it, not a comparison of numbers</param>
public sealed record MutationResult(string Case, int Line, string Change, string? Evidence, bool ByFault)
{
    public bool Caught => Evidence is not null;

    public override string ToString() =>
        $"{(Caught ? "caught  " : "SURVIVED")} {Printable.Name(Case)}, line {Line}: {Change}{(Caught ? " -> " + Evidence : "")}";
}
