using System.CommandLine;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Cli.Verbs;

/// <summary>
/// Which kernels a verb is about: those of this program or of an assembly, all or some by name, and the launches that try them.
/// </summary>
internal sealed class KernelChoice
{
    private const string Samples = "samples/Kernels/bin/Release/net10.0";

    public KernelChoice()
    {
        Assembly = CommonOptions.PathOption<string?>("--assembly");
        Assembly.Description = "A .dll with kernels of anybody's (default: the kernels of this program)";
        Assembly.HelpName = "FILE";
        Cases = CommonOptions.PathOption<string?>("--cases");
        Cases.Description = "Folder of launches in the format of ptx-cases, named as the kernels are; it is needed";
        Cases.HelpName = "DIR";
    }

    public Option<string?> Assembly { get; }

    public Option<string?> Cases { get; }

    public Argument<string[]> Names { get; } = new("kernel")
    {
        Description = "Names, as list has them (default: all that have a case)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>The kernels of the assembly, or of this program.</summary>
    /// <exception cref="UsageException">The assembly can't be used.</exception>
    public KernelCatalog Catalog(ParseResult parsed)
    {
        if (parsed.GetValue(Assembly) is not { } path)
            return KernelCatalog.OfLibrary is { Kernels.Count: > 0 } own ? own : throw HasNone();
        try
        {
            return KernelCatalog.Load(path);
        }
        catch (KernelAssemblyException unfit)
        {
            throw new UsageException("--assembly", $"{path}: {unfit.Message}.", unfit);
        }
    }

    /// <exception cref="UsageException">There is no such kernel.</exception>
    public static GpuKernel Find(KernelCatalog catalog, string name) => catalog.Kernels.FirstOrDefault(k => k.Name == name)
        ?? throw new UsageException(
            "kernel", $"there is no kernel '{name}'; there are {string.Join(", ", catalog.Kernels.Select(k => k.Name))}.");

    /// <summary>Each kernel with the file of its launch.</summary>
    /// <exception cref="UsageException">A kernel or its launch isn't there.</exception>
    public IReadOnlyList<(GpuKernel Kernel, string Path)> Launches(ParseResult parsed)
    {
        if (parsed.GetValue(Cases) is { } named && !Directory.Exists(named))
            throw new UsageException("--cases", $"'{named}' isn't a folder; name one with launches in the format of ptx-cases.");
        KernelCatalog catalog = Catalog(parsed);
        string folder = parsed.GetValue(Cases)
            ?? throw new UsageException(
                "--cases",
                "name the folder with launches for the kernels. This program's own are tried by its tests. For the samples, build "
                + $"samples/Kernels of the source in Release and add --assembly {Samples}/CogVideoX.Samples.Kernels.dll "
                + $"--cases {Samples}/cases.");
        if (parsed.GetValue(Names) is { Length: > 0 } names)
        {
            return [.. names.Select(name => Find(catalog, name)).Select(k => (k, File.Exists(PathOf(k))
                ? PathOf(k) : throw new UsageException("kernel", $"there is no case for {k.Name}: {PathOf(k)} doesn't exist.")))];
        }
        (GpuKernel, string)[] all = [.. catalog.Kernels.Select(k => (k, PathOf(k))).Where(one => File.Exists(one.Item2))];
        return all.Length > 0 ? all : throw new UsageException("--cases",
            $"no file in '{folder}' is called after a kernel; the kernels are {string.Join(", ", catalog.Kernels.Select(k => k.Name))}, "
            + $"and {catalog.Kernels[0].Name}.json would be a launch of the first.");

        string PathOf(GpuKernel kernel) => Path.Combine(folder, kernel.Name + ".json");
    }

    private static UsageException HasNone() => new(
        "--assembly",
        "this program was compiled ahead of time and has no kernels to show; use a build of it that runs on .NET, such as dotnet "
        + "cogvideox.dll.");
}
