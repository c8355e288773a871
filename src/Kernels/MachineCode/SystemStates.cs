using System.Runtime.InteropServices;
using Iced.Intel;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>Which registers the system saves when it changes threads, and whether it lets us use AMX's.</summary>
internal static unsafe class SystemStates
{
    /// <summary>XCR0. The processor must have XGETBV (CPUID says OSXSAVE).</summary>
    public static ulong Enabled()
    {
        var code = new Assembler(64);
        code.xor(AssemblerRegisters.ecx, AssemblerRegisters.ecx);
        code.xgetbv();
        code.shl(AssemblerRegisters.rdx, 32);
        code.or(AssemblerRegisters.rax, AssemblerRegisters.rdx);
        code.ret();
        return ((delegate* unmanaged<ulong>)ExecutableMemory.Place(code))();
    }

    /// <summary>
    /// Asks Linux for AMX's tiles, which it gives to processes that ask (<c>arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA)</c>).
    /// Elsewhere they aren't asked for, and count as not permitted.
    /// </summary>
    public static bool PermitTiles()
    {
        const long ArchPrctl = 158, RequestPermission = 0x1023, TileData = 18;
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "syscall", out nint found))
            return false;
        return ((delegate* unmanaged<long, long, long, long>)found)(ArchPrctl, RequestPermission, TileData) == 0;
    }
}
