using System.Diagnostics;
using System.Text.Json;
using CogVideoX.Emulator.Cases;

namespace CogVideoX.Emulator;

/// <summary>A launch in a file, with what must come of it: the format of <c>ptx-cases</c> (its README describes it).</summary>
public sealed class PtxCase
{
    private readonly SafeTensorsFile data;

    private PtxCase(CaseFile file, PtxModule module, SafeTensorsFile data) => (File, Module, this.data) = (file, module, data);

    /// <summary>The case's own name.</summary>
    public string Name => File.Name;

    /// <summary>The module that it launches.</summary>
    public PtxModule Module { get; }

    /// <summary>What is launched with, in order.</summary>
    public IReadOnlyList<LaunchArgument> Arguments => File.Arguments;

    internal CaseFile File { get; }

    /// <summary>Reads a case with its module and data, which lie beside it.</summary>
    /// <exception cref="PtxException">The module isn't PTX.</exception>
    /// <exception cref="InvalidDataException">The case or its data isn't what the format asks for.</exception>
    public static PtxCase Read(string path)
    {
        CaseFile file;
        try { file = CaseFile.Parse(System.IO.File.ReadAllText(path)); }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"{path} isn't a case: {e.Message}", e);
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        PtxModule module = PtxModule.Parse(System.IO.File.ReadAllText(Path.Combine(folder, file.Module)));
        return new PtxCase(file, module, SafeTensorsFile.Read(Path.Combine(folder, file.Data)));
    }

    /// <summary>Size of a buffer.</summary>
    /// <exception cref="KeyNotFoundException">The case has no such buffer.</exception>
    public int BufferBytes(string buffer) => data.Tensors["in." + buffer].Bytes.Length;

    /// <summary>The same data and demands for another kernel, such as one that was written in another language.</summary>
    /// <param name="arguments">in the order of that kernel's parameters</param>
    /// <remarks>A planted fault has to be of the same kind; its source line and buffer are the other program's own.</remarks>
    public PtxCase For(PtxModule module, string entry, IReadOnlyList<LaunchArgument> arguments) =>
        new(File with { Entry = entry, Arguments = arguments, FaultLine = null, FaultBuffers = null }, module, data);

    /// <summary>Reads and runs a case.</summary>
    public static CaseReport Run(string path, LaunchOptions? options = null) => Read(path).Run(options);

    /// <summary>Runs the launch and compares; buffers start afresh each time.</summary>
    public CaseReport Run(LaunchOptions? options = null) => Run(Module, options);

    /// <summary>Runs the launch with another module, such as one that was changed on purpose.</summary>
    public CaseReport Run(PtxModule module, LaunchOptions? options = null)
    {
        var clock = Stopwatch.StartNew();
        Dictionary<string, byte[]> buffers = data.Tensors.Where(t => t.Key.StartsWith("in.", StringComparison.Ordinal))
            .ToDictionary(t => t.Key[3..], t => (byte[])t.Value.Bytes.Clone());
        var request = new LaunchRequest(File.Entry, File.Grid, File.Block, File.DynamicSharedBytes, File.Arguments, buffers);
        LaunchReport launch = PtxEmulator.Run(module, request, options);
        string? complaint = File.Fault is null ? Unexpected(launch) ?? CaseResults.Compare(File, data, buffers) : CaseFaults.Compare(File, launch);
        return new CaseReport(Name, complaint is null, complaint, launch, clock.Elapsed);
    }

    private static string? Unexpected(LaunchReport launch) => launch.Fault is { } fault ? fault.ToString() : null;
}
