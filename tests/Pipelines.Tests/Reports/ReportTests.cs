using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Pipelines.Reports;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Reports;

/// <summary>What <c>inspect</c> and <c>doctor</c> answer.</summary>
public sealed class ReportTests
{
    [Fact]
    public void ModelIsDescribedWithItsPlan()
    {
        ModelReport report = ModelReport.Read(TestModels.Tiny2b, TestModels.Quick);
        Assert.Equal(("CogVideoXPipeline", null), (report.PipelineClass, report.Release));
        Assert.Empty(report.Unsupported);
        Assert.Equal(["text_encoder", "transformer", "vae"], report.Components.Select(component => component.Name));
        Assert.Equal([5, 1, 1], report.Components.Select(component => component.Files.Count));
        Assert.All(
            report.Components,
            component => Assert.Equal(component.Parameters, component.ParametersByType.Single(entry => entry.Key == "F32").Value));
        Assert.All(report.Components, component => Assert.True(component.Bytes >= 4 * component.Parameters));
        Assert.Equal(2, report.Plan!.Settings.Steps);
    }

    [Fact]
    public void ModelThatDoesntRunIsDescribedWithoutAPlan()
    {
        using var folder = new TemporaryFolder();
        string model = folder.CopyOf(TestModels.Tiny2b);
        string config = Path.Combine(model, "transformer", "config.json");
        File.WriteAllText(
            config, File.ReadAllText(config).Replace("\"in_channels\": 4", "\"in_channels\": 12", StringComparison.Ordinal));
        ModelReport report = ModelReport.Read(model, TestModels.Quick);
        Assert.NotEmpty(report.Unsupported);
        Assert.Null(report.Plan);
        Assert.Contains(report.Unsupported[0], Assert.Throws<ModelException>(() => CogVideoXPipeline.Open(model)).Message);
    }

    /// <summary>A driver for CUDA 12.0 takes PTX 8.0, and kernels with eight-bit floats are 8.1.</summary>
    [Theory]
    [InlineData(13000, true, "CUDA 13.0, PTX up to 9.0")]
    [InlineData(12090, true, "CUDA 12.9, PTX up to 8.8")]
    [InlineData(12060, true, "CUDA 12.6, PTX up to 8.5")]
    [InlineData(12010, true, "CUDA 12.1, PTX up to 8.1")]
    [InlineData(12000, false, "CUDA 12.0, PTX up to 8.0")]
    [InlineData(11080, false, "CUDA 11.8, PTX up to 7.8")]
    [InlineData(10020, false, "CUDA 10.2, PTX up to 6.5")]
    [InlineData(null, false, "doesn't say")]
    public void DriversOlderThanTheKernelsAreTold(int? cuda, bool isGood, string says)
    {
        SystemFinding finding = SystemReport.GpuDriver("a driver", cuda);
        Assert.Equal(isGood, finding.IsGood);
        Assert.Contains(says, finding.Found, StringComparison.Ordinal);
        Assert.Equal(isGood, finding.Cost is null);
    }

    [Fact]
    public void DamagedPartsAreNamed()
    {
        using var folder = new TemporaryFolder();
        string model = folder.CopyOf(TestModels.Tiny2b);
        string shard = Path.Combine(model, "text_encoder", "model-00003-of-00005.safetensors");
        File.Delete(shard);
        Assert.Contains(Path.GetFileName(shard), Assert.Throws<ModelException>(() => ModelReport.Read(model, TestModels.Quick)).Message);
        Assert.Contains(
            "doesn't exist", Assert.Throws<ModelException>(() => ModelReport.Read(folder.File("none"), TestModels.Quick)).Message);
    }

    [Fact]
    public void WeightsOfAnotherModelAreRefusedBeforeARun()
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write("tiny", folder.File("model"), 0, cancellation: TestContext.Current.CancellationToken);
        string path = folder.File("model/vae/diffusion_pytorch_model.safetensors");
        SafetensorsWriter.Write(path, [new TensorSource("stray.weight", DType.F32, [1], (_, _) => { })]);
        using var pipeline = CogVideoXPipeline.Open(folder.File("model"));
        Assert.Contains(path, Assert.Throws<ModelException>(() => pipeline.Plan(TestModels.Quick)).Message);
    }

    [Fact]
    public void SystemIsDescribedAndEachAbsenceHasItsCost()
    {
        IReadOnlyList<SystemFinding> findings = SystemReport.Read();
        Assert.Equal(["runtime", "cpu", "memory", "ffmpeg", "gpu", "ptxas"], findings.Select(finding => finding.Name));
        Assert.All(findings, finding => Assert.Equal(finding.IsGood, finding.Cost is null));
        Assert.All(findings, finding => Assert.NotEmpty(finding.Found));
    }
}
