namespace CogVideoX.Emulator;

/// <summary>
/// Registers of a thread that ptxas would give a kernel, as far as its text tells: an estimate, nine in ten within 12 % or 6.
/// </summary>
/// <param name="Entry">the kernel</param>
/// <param name="Registers">32-bit registers, no more than <paramref name="Budget"/></param>
/// <param name="Budget">most that its block's size, <c>.minnctapersm</c> and <c>.maxnreg</c> leave for a thread</param>
/// <param name="MaySpill">more are wanted than the budget has</param>
public sealed record EntryRegisters(string Entry, int Registers, int Budget, bool MaySpill);
