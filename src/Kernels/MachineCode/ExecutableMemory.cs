using System.ComponentModel;
using System.Runtime.InteropServices;
using Iced.Intel;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// Pages for machine code: written while they can't be executed, then executable and never written again. They stay as long as the
/// process.
/// </summary>
internal static unsafe class ExecutableMemory
{
    private const int ReadWrite = 3, ReadExecute = 5;                    // PROT_READ, PROT_WRITE, PROT_EXEC of <sys/mman.h>
    private const uint Commit = 0x3000, PageReadWrite = 4, PageExecuteRead = 0x20; // MEM_COMMIT | MEM_RESERVE, PAGE_… of Windows

    /// <summary>Puts assembled code where it can run.</summary>
    /// <returns>Its first instruction.</returns>
    /// <exception cref="Win32Exception">The system gives no such page.</exception>
    public static nint Place(Assembler code)
    {
        var written = new MemoryStream();
        code.Assemble(new StreamCodeWriter(written), 0); // jumps are relative, and nothing else refers to an address
        return Place(written.GetBuffer().AsSpan(0, (int)written.Length));
    }

    /// <inheritdoc cref="Place(Assembler)"/>
    public static nint Place(ReadOnlySpan<byte> code) => OperatingSystem.IsWindows() ? PlaceOnWindows(code) : PlaceOnUnix(code);

    /// <summary>Why the system lets this process make no code that runs; null where it does.</summary>
    /// <param name="place">Puts code where it can run; null for the system's pages.</param>
    public static string? Problem(Func<byte[], nint>? place = null)
    {
        const byte Return = 0xC3;
        try
        {
            ((delegate* unmanaged<void>)(place ?? (code => Place(code)))([Return]))();
            return null;
        }
        catch (Win32Exception exception)
        {
            return exception.Message.TrimEnd('.');
        }
    }

    private static nint PlaceOnUnix(ReadOnlySpan<byte> code)
    {
        nint library = NativeLibrary.GetMainProgramHandle();
        var map = (delegate* unmanaged<nint, nuint, int, int, int, nint, nint>)NativeLibrary.GetExport(library, "mmap");
        var protect = (delegate* unmanaged<nint, nuint, int, int>)NativeLibrary.GetExport(library, "mprotect");
        int privateAndAnonymous = OperatingSystem.IsMacOS() ? 0x1002 : 0x22;
        nint page = map(0, (nuint)code.Length, ReadWrite, privateAndAnonymous, -1, 0);
        if (page == -1)
            throw Refused();
        code.CopyTo(new Span<byte>((void*)page, code.Length));
        return protect(page, (nuint)code.Length, ReadExecute) == 0 ? page : throw Refused();
    }

    private static nint PlaceOnWindows(ReadOnlySpan<byte> code)
    {
        nint library = NativeLibrary.Load("kernel32.dll");
        var allocate = (delegate* unmanaged<nint, nuint, uint, uint, nint>)NativeLibrary.GetExport(library, "VirtualAlloc");
        var protect = (delegate* unmanaged<nint, nuint, uint, uint*, int>)NativeLibrary.GetExport(library, "VirtualProtect");
        nint page = allocate(0, (nuint)code.Length, Commit, PageReadWrite);
        if (page == 0)
            throw Refused();
        code.CopyTo(new Span<byte>((void*)page, code.Length));
        uint before;
        return protect(page, (nuint)code.Length, PageExecuteRead, &before) != 0 ? page : throw Refused();
    }

    private static Win32Exception Refused()
    {
        int error = Marshal.GetLastSystemError();
        return new Win32Exception(
            error, $"The system gives no page for machine code ({Marshal.GetPInvokeErrorMessage(error)}).");
    }
}
