using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Testing;

/// <summary>Reference numbers (tests/Goldens, see its README) and the files of the repository that tests read.</summary>
public static class Golden
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below tests/Goldens.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(Root, "tests", "Goldens", relative);

    /// <summary>A reference file, such as <c>ops/ops.safetensors</c>.</summary>
    public static SafetensorsFile Open(string relative) => SafetensorsFile.Open(Path(relative));

    /// <summary>A reference tensor as an F32 tensor of <paramref name="ops"/>.</summary>
    public static Tensor Load(this Ops ops, SafetensorsFile file, string name) => ops.FromHost(file[name].ToFloats(), file[name].Shape);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "CogVideoX.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds CogVideoX.sln.");
    }
}
