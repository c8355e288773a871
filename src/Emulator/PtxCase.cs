using System.Diagnostics;
using System.Text;
using CogVideoX.Emulator.Cases;

namespace CogVideoX.Emulator;

/// <summary>A launch in a file, with what must come of it: the format of <c>ptx-cases</c> (its README describes it).</summary>
public sealed class PtxCase
{
    private const int LongestModule = 64 << 20;

    private readonly SafeTensorsFile data;

    private readonly PtxModule? module;

    private PtxCase(string path, CaseFile file, PtxModule? module, SafeTensorsFile data) =>
        (Path, File, this.module, this.data) = (path, file, module, data);

    /// <summary>The file that it was read from.</summary>
    public string Path { get; }

    /// <summary>The case's own name.</summary>
    public string Name => File.Name;

    /// <summary>Whether it comes with a module of PTX; one for kernels that are compiled from elsewhere may have none.</summary>
    public bool HasModule => module is not null;

    /// <summary>The module that it launches.</summary>
    /// <exception cref="CaseException">It comes with none.</exception>
    public PtxModule Module => module ?? throw new CaseException(Path, "'module' is missing");

    /// <summary>What is launched with, in order.</summary>
    public IReadOnlyList<LaunchArgument> Arguments => File.Arguments;

    internal CaseFile File { get; }

    /// <summary>Reads a case with its module and data, which lie beside it.</summary>
    /// <exception cref="CaseException">The case, its module or its data can't be read or isn't what the format asks for.</exception>
    public static PtxCase Read(string path) => Read(path, needsModule: true);

    /// <summary>Reads a case that is meant for a kernel from elsewhere (<see cref="For"/>): module and entry may be missing.</summary>
    /// <exception cref="CaseException">The case, its module or its data can't be read or isn't what the format asks for.</exception>
    public static PtxCase ReadForKernel(string path) => Read(path, needsModule: false);

    /// <summary>Size of a buffer.</summary>
    /// <exception cref="CaseException">The case has no such buffer.</exception>
    public int BufferBytes(string buffer) => data.Tensors.TryGetValue(CaseData.Before + buffer, out StoredTensor? tensor)
        ? tensor.Bytes.Length : throw new CaseException(Path, $"there is no buffer {Printable.Quoted(buffer)}");

    /// <summary>The same data and demands for another kernel, such as one that was written in another language.</summary>
    /// <param name="arguments">in the order of that kernel's parameters</param>
    /// <remarks>
    /// A planted fault has to be of the same kind; its source line and buffer are the other program's own, if the case comes with one.
    /// </remarks>
    public PtxCase For(PtxModule module, string entry, IReadOnlyList<LaunchArgument> arguments)
    {
        CaseFile file = HasModule ? File with { FaultLine = null, FaultBuffers = null } : File;
        return new PtxCase(Path, file with { Module = Path, Entry = entry, Arguments = arguments }, module, data);
    }

    /// <summary>Reads and runs a case.</summary>
    /// <exception cref="CaseException">It can't be run.</exception>
    public static CaseReport Run(string path, LaunchOptions? options = null) => Read(path).Run(options);

    private static PtxCase Read(string path, bool needsModule)
    {
        ArgumentNullException.ThrowIfNull(path);
        CaseFile file = CaseFile.Read(path, needsModule);
        return new PtxCase(path, file, file.Module is { } module ? ReadModule(module) : null, CaseData.Read(file));
    }

    /// <summary>Runs the launch and compares; buffers start afresh each time.</summary>
    /// <exception cref="CaseException">The launch doesn't fit the kernel, or the kernel holds what the emulator doesn't know.</exception>
    public CaseReport Run(LaunchOptions? options = null) => Run(Module, options);

    /// <summary>Runs the launch with another module, such as one that was changed on purpose.</summary>
    public CaseReport Run(PtxModule module, LaunchOptions? options = null)
    {
        var clock = Stopwatch.StartNew();
        Dictionary<string, byte[]> buffers = CaseData.Buffers(data);
        var request = new LaunchRequest(File.Entry, File.Grid, File.Block, File.DynamicSharedBytes, File.Arguments, buffers)
        {
            Cooperative = File.Cooperative,
        };
        LaunchReport launch = Launch(module, request, options);
        string? complaint = File.Fault is null
            ? Unexpected(launch) ?? CaseResults.Compare(File, data, buffers) : CaseFaults.Compare(File, launch);
        complaint ??= CaseLines.Compare(File, launch);
        return new CaseReport(Name, complaint is null, complaint, launch, clock.Elapsed);
    }

    private LaunchReport Launch(PtxModule module, LaunchRequest request, LaunchOptions? options)
    {
        try
        {
            return PtxEmulator.Run(module, request, options);
        }
        catch (PtxException e)
        {
            throw new CaseException(module == this.module && File.Module is { } own ? own : Path, e.Message, e);
        }
        catch (LaunchException e)
        {
            throw new CaseException(Path, e.Problem, e);
        }
    }

    private static PtxModule ReadModule(string path)
    {
        byte[] text = CaseInput.Read(path, LongestModule);
        try
        {
            return PtxModule.Parse(Encoding.UTF8.GetString(CaseInput.WithoutMark(text).Span));
        }
        catch (PtxException e)
        {
            throw new CaseException(path, e.Message, e);
        }
    }

    private static string? Unexpected(LaunchReport launch) => launch.Fault is { } fault ? fault.ToString() : null;
}
