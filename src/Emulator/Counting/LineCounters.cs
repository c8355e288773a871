namespace CogVideoX.Emulator;

/// <summary>Counts of one memory instruction.</summary>
/// <param name="Line">PTX line</param> <param name="Text">the instruction</param> <param name="Executions">by warps</param>
/// <param name="BankConflicts">passes over shared memory beyond the least</param>
/// <param name="Sectors">32-byte sectors of global memory touched</param>
public sealed record LineCounters(int Line, string Text, long Executions, long BankConflicts, long Sectors)
{
    /// <summary>Sectors of a request, on average.</summary>
    public double SectorsPerRequest => Executions == 0 ? 0 : (double)Sectors / Executions;
}
